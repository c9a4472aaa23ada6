from sippy.SipMsg import SipMsg

class SipRequest(SipMsg):
    def getMethod(self) -> str: ...
