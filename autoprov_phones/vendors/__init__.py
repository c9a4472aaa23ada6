"""The makes we know, one module each, listed by hand."""

from autoprov_phones.vendor import Vendor
from autoprov_phones.vendors import polycom

VENDORS: tuple[Vendor, ...] = (polycom.VENDOR,)
