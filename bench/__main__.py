"""``python -m bench``: every measurement, in one table."""

from bench import beside_kamailio, inventory, parser, registrations, take_action, web
from bench.figures import print_figures

if __name__ == "__main__":
    figures = [
        *parser.measure(),
        *take_action.measure(),
        *registrations.measure(),
        *beside_kamailio.measure(),
        *web.measure(),
        *inventory.measure(),
    ]
    print_figures("Two cores, load generator on the same machine; ratio: ours to the peer's of the same run", figures)
