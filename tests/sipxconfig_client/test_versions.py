import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.sipxconfig_models import load_models
from sipxconfig_client.versions import exact_version, unique_part

LISTED = sorted({model.versions for model in load_models().values() if model.versions})


@given(st.sampled_from(LISTED), st.data())
def test_every_version_of_every_model_has_a_part_that_names_it_alone(
    listed: tuple[str, ...], data: st.DataObject
) -> None:
    wanted = data.draw(st.sampled_from(listed))
    part = unique_part(wanted, listed)
    assert part is not None
    assert [name for name in listed if part in name] == [wanted]


@pytest.mark.parametrize(
    ("wanted", "listed", "part"),
    [
        ("polycom4.1.X", ("polycom4.1.X", "polycom4.1.0"), "4.1.X"),
        ("acme1", ("acme1", "zinc1"), "acme1"),
        ("polycom4.1", ("polycom4.1", "polycom4.1.0"), None),
        ("polycom9.9.9", ("polycom4.1.X",), None),
    ],
)
def test_a_part_that_other_names_hold_is_not_sent(wanted: str, listed: tuple[str, ...], part: str | None) -> None:
    assert unique_part(wanted, listed) == part


@pytest.mark.parametrize(
    ("wanted", "exact"),
    [
        ("polycom5.4.3", "polycom5.4.3"),
        ("polycom5.9.5", "polycom5.5.2"),
        ("polycom3.2.X", "polycom4.1.0"),
        (None, None),
    ],
)
def test_what_is_not_listed_gives_way_to_what_comes_next_to_it(wanted: str | None, exact: str | None) -> None:
    assert exact_version(wanted, ("polycom4.1.0", "polycom5.4.3", "polycom5.5.2")) == exact


def test_a_model_without_versions_gets_none() -> None:
    assert exact_version("polycom5.4.3", ()) is None
