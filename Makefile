.PHONY: run test check fix bench

run:
	@.ci/setup run
	@.venv/bin/python manage.py migrate --verbosity 0 && .venv/bin/python manage.py load_demo
	@exec .venv/bin/python manage.py serve

test:
	@.ci/setup test
	.venv/bin/python -m pytest -n 2
	.ci/with-postgres .venv/bin/python -m pytest -n 2

check:
	@.ci/setup test
	@.ci/check

fix:
	@.ci/setup test
	-.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .
	find templates -name '*.html' -print0 | xargs -0 -r .venv/bin/djade --target-version 5.2

bench:
	@.ci/setup test
	.venv/bin/python -m tests.bench
	DURABLE=1 .ci/with-postgres .venv/bin/python -m tests.bench
