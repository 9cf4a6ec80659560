#!/usr/bin/env python3
"""Checks a JSON document against a schema (draft 2020-12): schema.py SCHEMA DOCUMENT

Knows the keywords that segen's own schemas use; an unknown one is an error, so that
nothing is passed over.  With the jsonschema package installed that one judges as well.
"""
import json
import re
import sys

KNOWN = {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties",
         "required", "additionalProperties", "items", "enum", "const", "minimum",
         "maximum", "pattern", "patternProperties", "oneOf", "minItems", "examples",
         "maxItems", "minProperties", "propertyNames"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool,
         "null": type(None)}


class Wrong(Exception):
    pass


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def check_object(value, schema, root, path):
    for key in schema.get("required", []):
        if key not in value:
            raise Wrong(f"{path}: '{key}' is missing")
    if len(value) < schema.get("minProperties", 0):
        raise Wrong(f"{path}: has {len(value)} members only")
    for key, member in value.items():
        where = f"{path}.{key}"
        check(key, schema.get("propertyNames", {}), root, where)
        if key in schema.get("properties", {}):
            check(member, schema["properties"][key], root, where)
            continue
        for pattern, sub in schema.get("patternProperties", {}).items():
            if re.search(pattern, key):
                check(member, sub, root, where)
                break
        else:
            more = schema.get("additionalProperties", True)
            if more is False:
                raise Wrong(f"{where}: not in the schema")
            if isinstance(more, dict):
                check(member, more, root, where)


def check_one_of(value, schema, root, path):
    fits = 0
    for sub in schema["oneOf"]:
        try:
            check(value, sub, root, path)
            fits += 1
        except Wrong:
            pass
    if fits != 1:
        raise Wrong(f"{path}: fits {fits} of {len(schema['oneOf'])} alternatives")


def check(value, schema, root, path="$"):
    unknown = set(schema) - KNOWN
    if unknown:
        raise Wrong(f"schema: keywords {sorted(unknown)} are not checked")
    if "$ref" in schema:
        node = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        check(value, node, root, path)
    if "type" in schema:
        names = schema["type"]
        names = [names] if isinstance(names, str) else names
        if not any(is_type(value, n) for n in names):
            raise Wrong(f"{path}: is no {' or '.join(names)}: {value!r}")
    if "const" in schema and value != schema["const"]:
        raise Wrong(f"{path}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        raise Wrong(f"{path}: {value!r} is none of {schema['enum']}")
    if "pattern" in schema and isinstance(value, str) and not re.search(
            schema["pattern"], value):
        raise Wrong(f"{path}: {value!r} does not match {schema['pattern']}")
    if "minimum" in schema and value < schema["minimum"]:
        raise Wrong(f"{path}: {value} is below {schema['minimum']}")
    if "maximum" in schema and value > schema["maximum"]:
        raise Wrong(f"{path}: {value} is above {schema['maximum']}")
    if "oneOf" in schema:
        check_one_of(value, schema, root, path)
    if isinstance(value, dict):
        check_object(value, schema, root, path)
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            raise Wrong(f"{path}: has {len(value)} items only")
        if len(value) > schema.get("maxItems", len(value)):
            raise Wrong(f"{path}: has {len(value)} items")
        for i, item in enumerate(value):
            check(item, schema.get("items", {}), root, f"{path}[{i}]")


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        schema = json.load(f)
    with open(sys.argv[2], encoding="utf-8") as f:
        document = json.load(f)
    try:
        check(document, schema, schema)
    except Wrong as e:
        print(f"# {sys.argv[2]}: {e}")
        return 1
    try:
        import jsonschema
        jsonschema.validate(document, schema)
    except ImportError:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
