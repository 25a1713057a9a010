"""Loads what Thresher exports of networks over sequences into real PyTorch modules. FOLDER has, for each NAME, NAME.safetensors,
NAME.state.safetensors and NAME.inputs.safetensors; the logits go to NAME.logits.safetensors."""
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn

[folder] = sys.argv[1:]


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.lstm = nn.Embedding(20, 6), nn.LSTM(6, 8, batch_first=True)
        self.norm, self.dense = nn.LayerNorm(8, eps=1e-3), nn.Linear(8, 3)

    def forward(self, x):
        _, (last, _) = self.lstm(self.embedding(x.long()))
        return self.dense(self.norm(last[0]))


class Gru(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.GRU(5, 6, batch_first=True), nn.GRU(6, 7, batch_first=True, bias=False)
        self.steps, self.last = nn.Linear(7, 4), nn.RNN(4, 6, batch_first=True)
        self.dense = nn.Linear(6, 3)

    def forward(self, x):
        # The second layer goes backwards and gives its outputs in the order of their making.
        x, _ = self.second(self.first(x)[0].flip(1))
        _, last = self.last(self.steps(x))
        return self.dense(last[0])


class Both(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.LSTM(5, 6, batch_first=True, bidirectional=True)
        self.second = nn.GRU(12, 4, batch_first=True, bidirectional=True)
        self.dense = nn.Linear(8, 3)

    def forward(self, x):
        _, last = self.second(self.first(x)[0])
        return self.dense(torch.cat([last[0], last[1]], 1))


for name, module in {"lstm": Lstm, "gru": Gru, "both": Both}.items():
    model = module()
    model.load_state_dict(load_file(f"{folder}/{name}.safetensors"), strict=True)
    state = load_file(f"{folder}/{name}.state.safetensors")
    for index, (parameter_name, parameter) in enumerate(model.named_parameters()):
        v, l1 = state[f"state.{index}.accumulator"], state[f"state.{index}.l1_accumulation"].float()
        assert torch.equal(v - v.clamp(-l1, l1), parameter.data), parameter_name
    with torch.no_grad():
        logits = model(load_file(f"{folder}/{name}.inputs.safetensors")["inputs"])
    save_file({"logits": logits}, f"{folder}/{name}.logits.safetensors")
