import argparse
import json

from bench.throwaway import installation


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="run.py bench", description="Speed as JSON lines; lower is better.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="cases to run (all)")
    parser.add_argument("--n", type=int, default=10_000, metavar="PEOPLE", help="people in the synthetic county")
    options = parser.parse_args(arguments)
    if options.n < 100:
        parser.error("--n: at least 100 people")
    with installation() as folder:
        run(options.names, options.n, folder, parser)


def run(names, n, folder, parser):
    import django

    django.setup()
    from django.core.management import call_command

    from bench.cases import CASES
    from bench.ground import Ground

    if unknown := [name for name in names if name not in CASES]:
        parser.error(f"no case is called {unknown[0]}; there are: {' '.join(CASES)}")
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    ground = Ground(n, folder)
    for name, (case, goal) in CASES.items():
        if not names or name in names:
            print(json.dumps({"name": name, "ratio": round(case(ground), 3), "goal": goal, "n": n}), flush=True)


if __name__ == "__main__":
    main()
