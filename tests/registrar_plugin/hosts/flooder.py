"""A process of its own that floods the registrar over one connection: ``python -m ... tcp|tls host port count``.

It says ``503`` at the first of them, and in the end, as JSON, its answers by status and the seconds of Retry-After.
"""

import json
import re
import sys
from collections import Counter
from threading import Thread

from tests.registrar_plugin.hosts.site import StreamPhone
from tests.registrar_plugin.hosts.test_tls import unverifying


def main(transport: str, host: str, port: int, count: int) -> None:
    """Send *count* requests in one go, and take an answer to each."""
    with StreamPhone((host, port), tls=unverifying() if transport == "tls" else None) as phone:
        requests = b"".join(phone.request(cseq=number, call_id=f"flood-{number}") for number in range(1, count + 1))
        phone.socket.settimeout(None)
        sending = Thread(target=phone.send, args=(requests,))
        sending.start()
        statuses, pauses = Counter[int](), Counter[int]()
        for _ in range(count):
            answer = phone.receive()
            status = int(answer[8:11])
            statuses[status] += 1
            if status == 503:
                _say("503" if statuses[status] == 1 else "")
                found = re.search(rb"\r\nRetry-After: (\d+)\r\n", answer)
                pauses[int(found[1]) if found else -1] += 1
        sending.join()
    _say(json.dumps({"statuses": statuses, "pauses": pauses}))


def _say(text: str) -> None:
    if text:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
