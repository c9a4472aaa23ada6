import pytest

from autoprov_web.phone_request import file_name


@pytest.mark.parametrize(
    ("path", "prefix", "name"),
    [
        ("/0004f2abcdef.cfg", "/", "0004f2abcdef.cfg"),
        ("//0004f2abcdef.cfg", "/", "0004f2abcdef.cfg"),
        ("/boot//0004f2abcdef.cfg", "/boot/", "0004f2abcdef.cfg"),
        ("/boot/0004f2abcdef.cfg", "boot", "0004f2abcdef.cfg"),
        ("/a/b/x.cfg", "/a/b", "x.cfg"),
        ("/x y.cfg", "/", "x y.cfg"),
    ],
)
def test_the_name_stands_right_below_the_prefix(path: str, prefix: str, name: str) -> None:
    assert file_name(path, prefix=prefix) == name


@pytest.mark.parametrize(
    ("path", "prefix"),
    [("", "/"), ("/", "/"), ("/deeper/x.cfg", "/"), ("/x.cfg", "/boot"), ("/boot", "/boot"), ("/../x.cfg", "/")],
)
def test_everything_else_names_no_file(path: str, prefix: str) -> None:
    assert file_name(path, prefix=prefix) is None
