from sippy.SipURL import SipURL

class SipAddress:
    name: str | None
    url: SipURL
