class SipURL:
    username: str | None
    userparams: list[str]
    host: str
    port: int | None
