"""Values for Hypothesis."""

from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import MAX_GENERATION, PhoneTag
from autoprov_phones.unique_id import ALPHABET, MAX_LENGTH, MIN_LENGTH, UniqueId

macs = st.integers(0, 2**48 - 1).map(lambda number: MacAddress(f"{number:012x}"))
unique_ids = st.text(ALPHABET, min_size=MIN_LENGTH, max_size=MAX_LENGTH).map(UniqueId)
tags = st.builds(PhoneTag, unique_ids, macs)
keys = st.binary(min_size=16, max_size=64)
lengths = st.integers(MIN_LENGTH, MAX_LENGTH)
generations = st.integers(0, MAX_GENERATION)
