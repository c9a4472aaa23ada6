"""How sipXconfig says no: a status, and a text that opens with the name of a Java class (contract 2.1, 2.4)."""


class ApiError(Exception):
    """An answer outside 2xx.

    *before_resource*: the failure comes before a resource was chosen, which shows in the label of the text.
    """

    def __init__(self, status: int, text: str = "", *, before_resource: bool = False) -> None:
        super().__init__(f"{status} {text}")
        self.status = status
        self.text = text
        self.before_resource = before_resource


def no_row(entity: str, row_id: int) -> ApiError:
    """There is no such id; *entity* is ``Phone`` or ``Line``."""
    reason = f"No row with the given identifier exists: [org.sipfoundry.sipxconfig.phone.{entity}#{row_id}]"
    return ApiError(
        404,
        f"org.springframework.orm.hibernate3.HibernateObjectRetrievalFailureException: {reason}; "
        f"nested exception is org.hibernate.ObjectNotFoundException: {reason}",
    )


def no_such_serial() -> ApiError:
    """There is no phone with this serial number."""
    return ApiError(404)


def phone_not_found() -> ApiError:
    """There is no phone with this serial number whose lines could be shown or changed."""
    return ApiError(404, "Phone not found")


def user_not_found() -> ApiError:
    """There is no such user."""
    return ApiError(404, "User not found")


def no_model() -> ApiError:
    """The phone to be created has no model."""
    return ApiError(404, "No such phone model defined")


def unknown_model(model_id: str) -> ApiError:
    """The phone to be created has a model that is not in the table."""
    return ApiError(500, f"java.lang.IllegalArgumentException: No such model with id '{model_id}'")


def null_pointer() -> ApiError:
    """Something that sipXconfig needs is missing, and nobody checked."""
    return ApiError(500, "java.lang.NullPointerException")


def duplicate_serial() -> ApiError:
    """Another phone has this serial number."""
    return ApiError(500, _phone_context("Duplicate"))


def invalid_serial() -> ApiError:
    """The model's pattern does not fit."""
    return ApiError(500, _phone_context("Invalid"))


def _phone_context(kind: str) -> str:
    name = f"{kind}SerialNumberException"
    return f"org.sipfoundry.sipxconfig.phone.PhoneContextImpl${name}: &error.{name[0].lower()}{name[1:]}"


def too_many_lines() -> ApiError:
    """The model holds no more lines."""
    return ApiError(500, "org.sipfoundry.sipxconfig.phone.Phone$MaxLinesException: &error.maxLinesException")


def data_integrity(reason: str) -> ApiError:
    """The database refused the record: the race for a serial number was lost, or a text is too long."""
    return ApiError(500, f"org.springframework.dao.DataIntegrityViolationException: {reason}")


def unknown_property(name: str, bean: str) -> ApiError:
    """A JSON object has a field that its class has not."""
    return _unread(
        f'org.codehaus.jackson.map.exc.UnrecognizedPropertyException: Unrecognized field "{name}" '
        f"(Class org.sipfoundry.sipxconfig.api.model.{bean}), not marked as ignorable"
    )


def wrong_shape(java_type: str, token: str) -> ApiError:
    """A JSON value is of a type that cannot become this Java type."""
    return _unread(
        f"org.codehaus.jackson.map.JsonMappingException: Can not deserialize instance of {java_type} "
        f"out of {token} token"
    )


def not_json(reason: str) -> ApiError:
    """The body is no JSON."""
    return _unread(f"org.codehaus.jackson.JsonParseException: {reason}")


def empty_body() -> ApiError:
    """There is no body."""
    return _unread("java.io.EOFException: No content to map to Object due to end of input")


def not_the_xml() -> ApiError:
    """The body is no XML, or its root is another element."""
    return _unread("javax.ws.rs.BadRequestException: HTTP 400 Bad Request")


def no_media_type() -> ApiError:
    """The body has no Content-Type."""
    return _unread("javax.ws.rs.WebApplicationException: HTTP 415 Unsupported Media Type")


def client_error(status: int, name: str) -> ApiError:
    """What JAX-RS itself refuses, be it 404, 405, 406 or 415, becomes a 500 on the way out."""
    return _unread(f"javax.ws.rs.ClientErrorException: HTTP {status} {name}")


def no_such_path() -> ApiError:
    """Nothing is served there."""
    return _unread("javax.ws.rs.NotFoundException: HTTP 404 Not Found")


def _unread(text: str) -> ApiError:
    return ApiError(500, text, before_resource=True)
