"""Rules of OpenAPI 3.1 and as much of JSON Schema (2020-12) as our description uses; anything else in it is an
error, so that nothing goes unchecked."""
import re

METHODS = ("get", "put", "post", "delete", "patch")
TYPES = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}
SCHEMA_KEYS = {"$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf",
               "format", "pattern", "description", "default", "minimum", "maximum", "minLength", "maxLength", "minItems",
               "maxItems", "contentMediaType"}
OPERATION_KEYS = {"tags", "summary", "description", "operationId", "parameters", "requestBody", "responses", "security"}


def deref(doc, node):
    while "$ref" in node:
        assert node["$ref"].startswith("#/"), node["$ref"]
        at = doc
        for part in node["$ref"][2:].split("/"):
            at = at[part]
        node = at
    return node


# ---- structure

def check_schema(doc, schema, where, used):
    assert isinstance(schema, dict), where
    assert set(schema) <= SCHEMA_KEYS, (where, set(schema) - SCHEMA_KEYS)
    if "$ref" in schema:
        assert set(schema) == {"$ref"}, where
        used.add(schema["$ref"])
        deref(doc, schema)
    types = schema.get("type", [])
    for name in types if isinstance(types, list) else [types]:
        assert name in ("integer", "number", *TYPES), (where, name)
    assert set(schema.get("required", ())) <= set(schema.get("properties", {})), where
    if "pattern" in schema:
        re.compile(schema["pattern"])
    for name, inner in schema.get("properties", {}).items():
        check_schema(doc, inner, f"{where}.{name}", used)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            check_schema(doc, schema[key], f"{where}.{key}", used)
    for i, inner in enumerate(schema.get("anyOf", ())):
        check_schema(doc, inner, f"{where}.anyOf{i}", used)
    if "default" in schema:
        assert not problems(doc, schema, schema["default"]), where


def check_content(doc, content, where, used):
    for media, value in content.items():
        assert re.fullmatch(r"[\w.+-]+/[\w.+-]+", media), (where, media)
        assert set(value) <= {"schema"}, where
        check_schema(doc, value["schema"], f"{where} {media}", used)


def check_response(doc, response, where, used):
    if "$ref" in response:
        used.add(response["$ref"])
        response = deref(doc, response)
    assert set(response) <= {"description", "content", "headers"} and response["description"], where
    check_content(doc, response.get("content", {}), where, used)


def check_parameters(doc, parameters, path, where, used):
    seen = set()
    for p in parameters:
        if "$ref" in p:
            used.add(p["$ref"])
            p = deref(doc, p)
        assert set(p) <= {"name", "in", "required", "description", "schema", "explode"}, where
        assert p["in"] in ("path", "query", "header") and (p["in"], p["name"]) not in seen, (where, p)
        assert p["in"] != "path" or p["required"] is True, (where, p)
        seen.add((p["in"], p["name"]))
        check_schema(doc, p["schema"], f"{where} {p['name']}", used)
    assert {name for kind, name in seen if kind == "path"} == set(re.findall(r"{(\w+)}", path)), where


def check_operation(doc, path, item, method, used):
    op, where = item[method], f"{method} {path}"
    assert set(op) <= OPERATION_KEYS, where
    assert op["summary"] and not op["summary"].endswith("."), where
    assert len(op["tags"]) == 1 and op["tags"][0] in {t["name"] for t in doc["tags"]}, where
    check_parameters(doc, item.get("parameters", []) + op.get("parameters", []), path, where, used)
    if "requestBody" in op:
        assert method in ("post", "put", "patch"), where
        assert set(op["requestBody"]) <= {"required", "content", "description"}, where
        check_content(doc, op["requestBody"]["content"], where, used)
    assert any(status.startswith("2") for status in op["responses"]), where
    for status, response in op["responses"].items():
        assert re.fullmatch(r"[1-5]\d\d", status), where
        check_response(doc, response, f"{where} {status}", used)
    for choice in op.get("security", ()):
        assert set(choice) <= set(doc["components"]["securitySchemes"]), where
    return op["operationId"]


def check_document(doc):
    """Raises AssertionError with the place of the first mistake."""
    assert set(doc) == {"openapi", "info", "servers", "security", "tags", "paths", "components"}
    assert re.fullmatch(r"3\.1\.\d+", doc["openapi"])
    assert doc["info"]["title"] and re.fullmatch(r"\d+\.\d+\.\d+", doc["info"]["version"])
    used, ids = set(), []
    for path, item in doc["paths"].items():
        assert path.startswith("/") and set(item) <= {*METHODS, "parameters"}, path
        ids += [check_operation(doc, path, item, method, used) for method in item if method != "parameters"]
    assert len(ids) == len(set(ids)), "operationId twice"
    shapes = [re.sub(r"{\w+}", "{}", path) for path in doc["paths"]]
    assert len(shapes) == len(set(shapes)), "a path twice"
    for name, response in doc["components"]["responses"].items():
        check_response(doc, response, name, used)
    for name, schema in doc["components"]["schemas"].items():
        check_schema(doc, schema, name, used)
    there = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses", "parameters")
             for name in doc["components"][kind]}
    assert used == there, (used - there, there - used)


# ---- values

def has_type(value, name):
    if name in ("integer", "number"):
        return not isinstance(value, bool) and isinstance(value, int if name == "integer" else (int, float))
    return isinstance(value, TYPES[name])


def limits_broken(schema, value):
    if isinstance(value, str):
        yield "minLength", len(value) < schema.get("minLength", 0)
        yield "maxLength", len(value) > schema.get("maxLength", len(value))
        yield "pattern", "pattern" in schema and not re.search(schema["pattern"], value)
        yield "format", schema.get("format") == "date-time" and not re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?(Z|\+00:00)", value)
    elif isinstance(value, list):
        yield "minItems", len(value) < schema.get("minItems", 0)
        yield "maxItems", len(value) > schema.get("maxItems", len(value))
    elif isinstance(value, (int, float)):
        yield "minimum", value < schema.get("minimum", value)
        yield "maximum", value > schema.get("maximum", value)


def problems(doc, schema, value, at="", opaque=lambda value: False):
    """What does not fit. opaque: values that are left alone."""
    schema = deref(doc, schema)
    if opaque(value):
        return []
    if "anyOf" in schema and all(problems(doc, one, value, at, opaque) for one in schema["anyOf"]):
        return [f"{at}: fits none of {len(schema['anyOf'])} schemas"]
    types = schema.get("type")
    if types is not None and not any(has_type(value, one) for one in (types if isinstance(types, list) else [types])):
        return [f"{at}: {value!r} is no {types}"]
    bad = [f"{at}: {value!r} breaks {key}" for key, broken in limits_broken(schema, value) if broken]
    if "const" in schema and value != schema["const"] or "enum" in schema and value not in schema["enum"]:
        bad.append(f"{at}: {value!r} is not among the values")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        bad += [f"{at}: no {key}" for key in schema.get("required", ()) if key not in value]
        for key, inner in value.items():
            rest = schema.get("additionalProperties", True)
            if key in known:
                bad += problems(doc, known[key], inner, f"{at}/{key}", opaque)
            elif isinstance(rest, dict):
                bad += problems(doc, rest, inner, f"{at}/{key}", opaque)
            elif not rest:
                bad.append(f"{at}: {key} is not described")
    if isinstance(value, list) and "items" in schema:
        for i, inner in enumerate(value):
            bad += problems(doc, schema["items"], inner, f"{at}/{i}", opaque)
    return bad


# ---- finding

def path_of(doc, path):
    """The described path that serves a request's path; None without one. Fixed parts win over {...}."""
    path = path.split("?")[0]
    path = path if path.endswith("/") or path in doc["paths"] else path + "/"
    fits = [p for p in doc["paths"]
            if re.fullmatch("".join("[^/]+" if i % 2 else re.escape(part)
                                    for i, part in enumerate(re.split(r"({\w+})", p))), path)]
    return min(fits, key=lambda p: p.count("{"), default=None)
