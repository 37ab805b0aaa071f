"""Prints the keys that SkyPilot's task files may have, as JSON, from the sources in a wheel.

Reads the syntax tree of its files and imports nothing, so that none of its dependencies is needed.
"""
import ast
import json
import sys
import zipfile

wheel = zipfile.ZipFile(sys.argv[1])


def tree(path):
    return ast.parse(wheel.read(path))


def function(module, name):
    return next(n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == name)


def properties(node):
    """The keys of the first `properties` that a function writes out."""
    for inner in ast.walk(node):
        if not isinstance(inner, ast.Dict):
            continue
        for key, value in zip(inner.keys, inner.values):
            if isinstance(key, ast.Constant) and key.value == 'properties':
                return [k.value for k in value.keys if isinstance(k, ast.Constant)]
    raise SystemExit(f'no properties in {node.name}')


def assigned(module, name):
    for node in module.body:
        targets = getattr(node, 'targets', [getattr(node, 'target', None)])
        if any(getattr(t, 'id', None) == name for t in targets):
            return ast.literal_eval(node.value)
    raise SystemExit(f'no {name}')


schemas = tree('sky/utils/schemas.py')
single = properties(function(schemas, '_get_single_resources_schema'))
combined = properties(function(schemas, 'get_resources_schema'))
aliases = assigned(tree('sky/resources.py'), 'RESOURCE_CONFIG_ALIASES')
header = assigned(tree('sky/utils/dag_utils.py'), '_JOB_GROUP_HEADER_FIELDS')
json.dump(
    {
        'task': sorted(properties(function(schemas, 'get_task_schema'))),
        'resources': sorted({*single, *combined, *aliases}),
        'header': sorted(header),
    }, sys.stdout)
