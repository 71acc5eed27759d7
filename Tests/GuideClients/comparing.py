"""Comparing JSON values, with a message that says where they differ."""

import math


class Mismatch(Exception):
    """Something is not as expected."""


def demand(condition, message):
    if not condition:
        raise Mismatch(message)


def expect(what, got, wanted):
    difference = first_difference(got, wanted)
    demand(difference is None, f"{what}{difference}")


def first_difference(got, wanted, place=""):
    """Where two JSON values differ first. Whole numbers are compared exactly, others with a tolerance."""
    if isinstance(got, dict) and isinstance(wanted, dict):
        for name in [*wanted, *got]:
            if name not in got or name not in wanted:
                return f"{place}.{name}: only {'expected' if name in wanted else 'found'}"
            if difference := first_difference(got[name], wanted[name], f"{place}.{name}"):
                return difference
        return None
    if isinstance(got, (list, tuple)) and isinstance(wanted, (list, tuple)):
        for index, (one, other) in enumerate(zip(got, wanted)):
            if difference := first_difference(one, other, f"{place}[{index}]"):
                return difference
        return None if len(got) == len(wanted) else f"{place}: {len(got)} elements, expected {len(wanted)}"
    if is_number(got) and is_number(wanted) and float in (type(got), type(wanted)):
        return None if math.isclose(got, wanted, abs_tol=1e-6) else f"{place}: {got}, expected {wanted}"
    return None if type(got) is type(wanted) and got == wanted else f"{place}: {got!r}, expected {wanted!r}"


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def demand_shape(value, example, place):
    """The members of the example are there, and of its types."""
    if isinstance(example, dict):
        demand(isinstance(value, dict), f"{place}: {value!r} is not an object")
        for name, member in example.items():
            demand(name in value, f"{place}.{name} is missing")
            demand_shape(value[name], member, f"{place}.{name}")
    elif isinstance(example, list):
        demand(isinstance(value, list), f"{place}: {value!r} is not an array")
        for index, element in enumerate(value):
            demand_shape(element, example[0], f"{place}[{index}]")
    else:
        same = is_number(value) if is_number(example) else type(value) is type(example)
        demand(same, f"{place}: {value!r} is not of the type of {example!r}")


def without_empty_objects(value):
    """A JSON value as PHP hands it on: it has one kind of array, so `{}` becomes `[]`."""
    if isinstance(value, dict):
        return {name: without_empty_objects(member) for name, member in value.items()} or []
    return [without_empty_objects(element) for element in value] if isinstance(value, list) else value
