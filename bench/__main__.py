import argparse
import json

from bench.cases import CASES, case_of, goal_of
from bench.throwaway import installation

MILLION = 1_000_000


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="run.py bench", description="Speed as JSON lines; lower is better.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"cases to run (all): {' '.join(CASES)}")
    parser.add_argument("--n", type=int, default=10_000, metavar="PEOPLE", help="people in the synthetic county")
    parser.add_argument("--million", action="store_const", const=MILLION, dest="n", help="a province: --n 1000000")
    parser.add_argument("--rounds", type=int, default=5, help="times each side of a case is timed, at least")
    options = parser.parse_args(arguments)
    if options.n < 100:
        parser.error("--n: at least 100 people")
    if options.rounds < 1:
        parser.error("--rounds: at least one")
    if unknown := [name for name in options.names if name not in CASES]:
        parser.error(f"no case is called {unknown[0]}; there are: {' '.join(CASES)}")
    with installation() as folder:
        run(options, folder)


def run(options, folder):
    import django

    django.setup()
    from django.core.management import call_command

    from bench.ground import Ground

    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    ground = Ground(options.n, folder, options.rounds)
    for name in chosen(options.names):
        ratio = case_of(name)(ground)
        if ratio is not None:
            line = {"name": name, "ratio": round(ratio, 3), "goal": goal_of(name, options.n), "n": options.n}
            print(json.dumps(line), flush=True)


def chosen(names):
    """The cases of these names, in the order of a run; all without a name."""
    return [name for name in CASES if not names or name in names]


if __name__ == "__main__":
    main()
