"""Times SkyPilot's own optimizer on one task, in this new process; prints one line of JSON.

Its catalogs are the CSVs that bench/peers/main.ts wrote from Kedge's price rows. What would ask a
cloud account is patched: the enabled clouds, the identity, and the zone names of AWS. All the
rest is SkyPilot as installed. Its command line would add a server and an HTTP call to this.

usage: python skypilot.py ACCELERATORS    (e.g. H100:8)
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
    return dag.tasks[0].best_resources


patched = time.perf_counter()
best = optimize(sys.argv[1])
optimized = time.perf_counter()

print(json.dumps({
    'version': sky.__version__,
    'import_ms': (imported - started) * 1000,
    # With the reading of the catalogs.
    'optimize_ms': (optimized - patched) * 1000,
    'rss_mib': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    'choice': f'{best.cloud}/{best.region}/{best.instance_type}'.lower(),
    'usd_per_hour': best.get_cost(3600),
}))
