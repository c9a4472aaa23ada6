"""Which phones learn the name of their own directory (docs/overlay.md, "Old phones")."""

from autoprov_phones.polycom_master import OLD_MODELS
from autoprov_phones.polycom_user_agent import is_old_form_version

_OLD_MODEL_IDS = frozenset("polycom" + token.partition("_")[2] for token in OLD_MODELS)
"""sipXconfig's ids of them: ``polycom601`` for ``SPIP_601``."""


def learns_own_directory(*, model_id: str, firmware: str) -> bool:
    """Whether a phone of that model learns it, with that *firmware* (``5.9.5.0614``, ``""`` where none is known).

    Of firmware before UC Software 3.3 no document says how to spell it there.
    """
    return model_id not in _OLD_MODEL_IDS and not is_old_form_version(firmware)
