"""Models, sipXconfig's and ours, as one config system offers them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from autoprov_phones.inventory_models import load_inventory_models
from autoprov_phones.sipxconfig_models import load_models
from sipxconfig_server.app import create_app
from sipxconfig_server.authentication import AdminAccount
from sipxconfig_server.models import Catalogue
from sipxconfig_server.store import Inventory

CCX = {"serialNo": "64167f000001", "deviceVersion": None, "model": {"modelId": "polyCCX500"}}


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with closing(Inventory(tmp_path / "inventory.sqlite")) as opened:
        yield opened


def serve(inventory: Inventory, catalogue: Catalogue) -> FlaskClient:
    admin = AdminAccount("superadmin", "")
    return create_app(
        inventory,
        credentials=admin,
        realm="example.org",
        sip_domain="example.org",
        catalogue=catalogue,
        internal=True,
    ).test_client()


def models(client: FlaskClient) -> list[dict[str, Any]]:
    offered: list[dict[str, Any]] = client.get("/sipxconfig/api/phones/models").get_json()["models"]
    return offered


def test_our_models_are_offered_beside_sipxconfigs_and_say_whose_they_are(inventory: Inventory) -> None:
    offered = models(serve(inventory, Catalogue(own=load_inventory_models())))
    own = {model["modelId"] for model in offered if model.get("own")}
    assert own == set(load_inventory_models())
    assert {model["modelId"] for model in offered} == own | set(load_models())
    ids = [model["modelId"] for model in offered]
    assert ids == sorted(ids)


def test_a_phone_that_sipxconfig_lacks_is_created_where_our_models_are_offered(inventory: Inventory) -> None:
    plain = serve(inventory, Catalogue())
    assert "No such model" in plain.post("/sipxconfig/api/phones", json=CCX).text
    assert not any("own" in model for model in models(plain))
    ours = serve(inventory, Catalogue(own=load_inventory_models()))
    assert ours.post("/sipxconfig/api/phones", json=CCX).status_code == 200
    shown = ours.get("/sipxconfig/api/phones/64167f000001").get_json()
    assert shown["model"] == {
        "modelId": "polyCCX500",
        "label": "Poly CCX 500 (autoprov)",
        "vendor": "Polycom",
        "versions": None,
    }


def test_sipxconfigs_model_stands_before_one_of_ours_of_the_same_name() -> None:
    model = next(iter(load_inventory_models().values()))
    catalogue = Catalogue(own={"polycomVVX410": model})
    assert catalogue.model("polycomVVX410") == load_models()["polycomVVX410"]
