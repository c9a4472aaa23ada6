"""The reg event package (RFC 3680): who registered, told by the registrar itself."""
