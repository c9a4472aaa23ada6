"""How the old REST says no: always 500, and a text that looks like JSON but is not escaped (contract 1.2)."""

from typing import Final

_PHONE_CLASS: Final = "org.sipfoundry.sipxconfig.rest.PhonesResource$PrivatePhone"
_REFLECTION: Final = "com.thoughtworks.xstream.converters.reflection"
_COLLECTION: Final = "com.thoughtworks.xstream.converters.collections.CollectionConverter"
_MAPPER: Final = "com.thoughtworks.xstream.mapper"


class OldRestError(Exception):
    """A request that ended in an uncaught exception of *java_class*; what it did before stands."""

    def __init__(self, java_class: str, message: str = "null") -> None:
        super().__init__(f"{java_class}: {message}")
        self.java_class = java_class
        self.message = message

    @property
    def body(self) -> str:
        """The answer's body. Who reads it as JSON fails on every second one."""
        return f'{{"error":"Internal error: {self.message}","type":"{self.java_class}"}} '


def null_pointer() -> OldRestError:
    """Something is missing, and nobody checked."""
    return OldRestError("java.lang.NullPointerException")


def unreadable(reason: str) -> OldRestError:
    """The body is not well-formed."""
    return OldRestError("com.thoughtworks.xstream.io.StreamException", f" : {reason}")


def unknown_root(name: str) -> OldRestError:
    """The document's root is an element that stands for no class."""
    return OldRestError(f"{_MAPPER}.CannotResolveClassException", name)


def no_list() -> OldRestError:
    """The document's root is one phone."""
    return OldRestError(
        "java.lang.ClassCastException",
        f"class {_PHONE_CLASS} cannot be cast to class java.util.Collection ({_PHONE_CLASS} is in unnamed module of "
        "loader 'app'; java.util.Collection is in module java.base of loader 'bootstrap')",
    )


def no_phone(name: str) -> OldRestError:
    """The list holds an element that stands for no class."""
    details = _details(
        ("message", name),
        ("cause-exception", f"{_MAPPER}.CannotResolveClassException"),
        ("cause-message", name),
        ("class", "java.util.ArrayList"),
        ("required-type", "java.util.ArrayList"),
        ("converter-type", _COLLECTION),
        ("line number", "-1"),
    )
    return OldRestError("com.thoughtworks.xstream.converters.ConversionException", f"{name} : {name}\n{details}")


def unknown_field(name: str) -> OldRestError:
    """A phone has an element that is no field of it."""
    return _field_error(name, f"No such field {_PHONE_CLASS}.{name}", "UnknownFieldException")


def duplicate_field(name: str) -> OldRestError:
    """A phone has the same element twice."""
    return _field_error(f"m_{name}", f"Duplicate field m_{name}", "DuplicateFieldException")


def record_refused(bean_id: str) -> OldRestError:
    """The database refused the record: the race for a serial number was lost, or the description is too long."""
    columns = "model_id, description, serial_number, device_version_id, value_storage_id, bean_id, phone_id"
    batch = "Could not execute JDBC batch update"
    return OldRestError(
        "org.springframework.dao.DataIntegrityViolationException",
        f"{batch}; SQL [insert into phone ({columns}) values (?, ?, ?, ?, ?, '{bean_id}', ?)]; "  # noqa: S608 - a text
        f"nested exception is org.hibernate.exception.DataException: {batch}",
    )


def no_phone_to_update() -> OldRestError:
    """There is no such phone, and nobody checked."""
    return OldRestError("java.lang.IllegalArgumentException", "id to load is required for loading")


def unknown_model(model_id: str) -> OldRestError:
    """There is no such model."""
    return OldRestError("java.lang.IllegalArgumentException", f"No such model with id '{model_id}'")


def _field_error(field: str, message: str, kind: str) -> OldRestError:
    details = _details(
        ("field", field),
        ("class", _PHONE_CLASS),
        ("required-type", _PHONE_CLASS),
        ("converter-type", f"{_REFLECTION}.ReflectionConverter"),
        ("class[1]", "java.util.ArrayList"),
        ("converter-type[1]", _COLLECTION),
    )
    return OldRestError(f"{_REFLECTION}.AbstractReflectionConverter${kind}", f"{message}\n{details}")


def _details(*facts: tuple[str, str]) -> str:
    lines = (f"{name:<20}: {value}" for name, value in (*facts, ("version", "not available")))
    return "\n".join(["---- Debugging information ----", *lines, "-------------------------------"])
