"""Which tensor of a file belongs to which variable of a model."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple

from numpy.typing import NDArray

from .errors import ModelMismatchError

Arrays = Mapping[str, NDArray[Any]]
Shapes = Mapping[str, Tuple[int, ...]]


def matched(
    arrays: Arrays, shapes: Shapes, *, separator: str, names: Optional[Mapping[str, str]], model: str
) -> Dict[str, NDArray[Any]]:
    """
    The arrays under the names of the model's variables.

    arrays: by layer and word, in the order of the layers
    shapes: of the variables of the model
    names: the model's name of a layer for the file's one. Without it, and unless all names agree, layers are matched in order,
        if that makes every shape agree
    model: the word for it in errors
    Raises ModelMismatchError with every tensor that does not fit
    """
    given = _renamed(arrays, names or {}, separator)
    mistakes = _mistakes(given, shapes, model)
    if names is None and set(given) != set(shapes):
        # Keras numbers the layers without a name, so the names may agree in part and by accident.
        in_order = _in_order(given, shapes, separator)
        mistakes_in_order = _mistakes(in_order, shapes, model)
        if not mistakes_in_order or not set(given) & set(shapes):
            given, mistakes = in_order, mistakes_in_order
    if mistakes:
        raise ModelMismatchError(f"The tensors do not fit the {model}:\n  " + "\n  ".join(mistakes))
    return given


def _renamed(arrays: Arrays, names: Mapping[str, str], separator: str) -> Dict[str, NDArray[Any]]:
    def rename(name: str) -> str:
        for layer, other in names.items():
            if name.startswith(layer + separator):
                return other + name[len(layer) :]
        return name

    return {rename(name): array for name, array in arrays.items()}


def _in_order(arrays: Arrays, shapes: Shapes, separator: str) -> Dict[str, NDArray[Any]]:
    """Gives each layer the name of the model's layer at the same place, if there are as many."""
    layers = list(dict.fromkeys(name.rpartition(separator)[0] for name in arrays))
    others = list(dict.fromkeys(name.rpartition(separator)[0] for name in shapes))
    if len(layers) != len(others):
        return dict(arrays)
    places = dict(zip(layers, others))
    moved = {}
    for name, array in arrays.items():
        layer, _, word = name.rpartition(separator)
        moved[f"{places[layer]}{separator}{word}" if places[layer] else word] = array
    return moved


def _mistakes(arrays: Arrays, shapes: Shapes, model: str) -> List[str]:
    mistakes = []
    for name in [*shapes, *(name for name in arrays if name not in shapes)]:
        if name not in arrays:
            mistakes.append(f"{name} {list(shapes[name])} of the {model} is not in the file")
        elif name not in shapes:
            mistakes.append(f"{name} {list(arrays[name].shape)} of the file is not in the {model}")
        elif arrays[name].shape != tuple(shapes[name]):
            found, wanted = list(arrays[name].shape), list(shapes[name])
            mistakes.append(f"{name} is {found} in the file and {wanted} in the {model}")
    return mistakes
