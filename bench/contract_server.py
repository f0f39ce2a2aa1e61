"""A server that speaks the Explorium contract at no latency and without limit, and costs little: what benches ask.

Usage: python bench/contract_server.py [--port 8878] [--latency-ms 0]

It knows the domains `company-<number>.com`; a company's id is its number in 32 hexadecimal digits. `GET /counts` says
how many entities were asked of each verb.
"""

from __future__ import annotations

import argparse
import asyncio

import orjson

PORT = 8878
_MATCH = b"/v2/businesses/match"
_ROW = (
    '{"business_id":"%s","data":{"business_id":"%s","name":"Company %d","business_description":"Company %d makes '
    "measuring instruments for laboratories and workshops, and has done so for three generations. It sells them in "
    "forty countries through its own branches and through dealers, services what it sells, and rents out what is "
    'needed for a few weeks only.","website":"https://www.company-%d.com","country_name":"germany","region_name":'
    '"bavaria","city_name":"munich","street":"Industriestrasse %d","zip_code":"80331","naics":"334516",'
    '"naics_description":"Analytical Laboratory Instrument Manufacturing","sic_code":"3826","sic_code_description":'
    '"Laboratory Analytical Instruments","ticker":null,"number_of_employees_range":"201-500","yearly_revenue_range":'
    '"25M-75M","linkedin_industry_category":"industrial machinery manufacturing","linkedin_profile":'
    '"https://www.linkedin.com/company/company-%d","business_logo":"https://logo.company-%d.com/logo.png",'
    '"locations_distribution":[{"country_name":"germany","number_of_locations":3},{"country_name":"france",'
    '"number_of_locations":1}]}}'
)
_CONTEXT = '{"response_context":{"correlation_id":"4bf92f3577b34da6a3ce929d0e0e4736","request_status":"success",'


def match_row(item: dict[str, str]) -> str:
    number = int(item["domain"][8:-4])
    return f'{{"input":{{"domain":"{item["domain"]}"}},"business_id":"{number:032x}"}}'


def data_row(business_id: str) -> str:
    n = int(business_id, 16)
    return _ROW % (business_id, business_id, n, n, n, n, n, n)


class Connection(asyncio.Protocol):
    """One connection: requests come one after the other."""

    counts = {"match": 0, "firmographics": 0}  # noqa: RUF012 - of the whole server
    latency_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._received = bytearray()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._received[:end])
            place = head.lower().find(b"content-length:")
            length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(self._received) < end + 4 + length:
                return
            body = bytes(self._received[end + 4 : end + 4 + length])
            del self._received[: end + 4 + length]
            answer = self._answer(head, body)
            sent = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(answer)
            if self.latency_s:
                asyncio.get_running_loop().call_later(self.latency_s, self._transport.write, sent + answer)
            else:
                self._transport.write(sent + answer)

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"GET"):
            return orjson.dumps(self.counts)
        asked = orjson.loads(body)
        if _MATCH in head.split(b"\r\n", 1)[0]:
            items = asked["businesses_to_match"]
            self.counts["match"] += len(items)
            rows = ",".join(map(match_row, items))
            text = f'{_CONTEXT}"http_status":200}},"total_results":{len(items)},"matched_businesses":[{rows}]}}'
            return text.encode()
        ids = asked["business_ids"]
        self.counts["firmographics"] += len(ids)
        rows = ",".join(map(data_row, ids))
        bill = f'"credit_usage":{{"total_credits":{len(ids)},"total_results":{len(ids)}}}'
        return f'{_CONTEXT}"http_status":200}},"data":[{rows}],{bill}}}'.encode()


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", port, backlog=512)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    options = parser.parse_args()
    Connection.latency_s = options.latency_ms / 1000
    asyncio.run(serve(options.port))


if __name__ == "__main__":
    main()
