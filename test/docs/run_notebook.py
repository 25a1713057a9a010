"""Executes the notebook at a path in a folder, and prints its output as JSON: the text, and the number of pictures."""
import json
import sys

import nbformat
from nbclient import NotebookClient

path, folder = sys.argv[1:]
notebook = nbformat.read(path, as_version=4)
nbformat.validate(notebook)
assert all(cell.cell_type != "code" or cell.outputs == [] for cell in notebook.cells), "remove the outputs"
NotebookClient(notebook, resources={"metadata": {"path": folder}}, timeout=None).execute()

outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
text = "".join(output.text for output in outputs if output.output_type == "stream")
pictures = sum("image/png" in output.get("data", {}) for output in outputs)
print(json.dumps({"text": text, "pictures": pictures}))
