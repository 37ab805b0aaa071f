"""Times SkyPilot's own optimizer, in this new process; prints one line of JSON.

Its catalogs are the CSVs that bench/peers/main.ts wrote from Kedge's price rows. What would ask a
cloud account is patched: the enabled clouds, the identity, and the zone names of AWS. All the
rest is SkyPilot as installed. Its command line would add a server and an HTTP call to this.

usage: python skypilot.py ACCELERATORS    one task (e.g. H100:8)
       python skypilot.py --chain N        N tasks of 8 CPUs, each handing 10 GB to the next
environment: SKY_RUNTIME_DIR, the folder with .sky/catalogs
"""
import json
import resource
import sys
import time

started = time.perf_counter()
import sky  # noqa: E402
from sky import check, clouds, optimizer  # noqa: E402
from sky.catalog import aws_catalog  # noqa: E402

imported = time.perf_counter()

ENABLED = [clouds.AWS(), clouds.GCP(), clouds.Azure()]
check.get_cached_enabled_clouds_or_refresh = lambda *_args, **_kwargs: ENABLED
for cloud in (clouds.AWS, clouds.GCP, clouds.Azure):
    cloud.get_active_user_identity = classmethod(lambda _cls: ['bench'])
aws_catalog._fetch_and_apply_az_mapping = lambda frame: frame


def optimize(accelerators):
    with sky.Dag() as dag:
        task = sky.Task(name='bench', run='true')
        task.set_resources(sky.Resources(accelerators=accelerators))
    optimizer.Optimizer.optimize(dag, quiet=True)
    return dag.tasks


def optimize_chain(count):
    with sky.Dag() as dag:
        last = None
        for index in range(count):
            task = sky.Task(name=f'step-{index + 1}', run='true')
            task.set_resources(sky.Resources(cpus='8+'))
            task.set_outputs('out', estimated_size_gigabytes=10)
            if last is not None:
                last >> task
            last = task
    optimizer.Optimizer.optimize(dag, quiet=True)
    return dag.tasks


patched = time.perf_counter()
is_chain = sys.argv[1] == '--chain'
tasks = optimize_chain(int(sys.argv[2])) if is_chain else optimize(sys.argv[1])
optimized = time.perf_counter()

best = tasks[0].best_resources
print(json.dumps({
    'version': sky.__version__,
    'import_ms': (imported - started) * 1000,
    # With the reading of the catalogs.
    'optimize_ms': (optimized - patched) * 1000,
    'rss_mib': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    'choice': f'{best.cloud}/{best.region}/{best.instance_type}'.lower(),
    # Of all tasks: each takes an hour, as SkyPilot has it where nothing is said.
    'usd_per_hour': sum(task.best_resources.get_cost(3600) for task in tasks),
}))
