"""Loads what Thresher exports into real PyTorch modules. FOLDER has the files and `images.safetensors`; the logits go to
`torch.safetensors` beside them."""
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn

folder, preset = sys.argv[1:]


class LeNet(nn.Module):
    def __init__(self, filters=(20, 50), units=500):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, filters[0], 5), nn.Conv2d(filters[0], filters[1], 5)
        self.fc1, self.fc2 = nn.Linear(16 * filters[1], units), nn.Linear(units, 10)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


class Bottleneck(nn.Module):
    def __init__(self, channels, filters, stride, project):
        super().__init__()
        out = 4 * filters
        self.conv1, self.bn1 = nn.Conv2d(channels, filters, 1, bias=False), nn.BatchNorm2d(filters)
        self.conv2, self.bn2 = nn.Conv2d(filters, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters)
        self.conv3, self.bn3 = nn.Conv2d(filters, out, 1, bias=False), nn.BatchNorm2d(out)
        if project:
            self.downsample = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        shortcut = self.downsample(x) if hasattr(self, "downsample") else x
        return torch.relu(self.bn3(self.conv3(y)) + shortcut)


class ResNet50(nn.Module):
    """The modules and names of torchvision.models.resnet50."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        channels = 64
        for number, (blocks, filters) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], 1):
            layer = []
            for block in range(blocks):
                stride = 2 if block == 0 and number > 1 else 1
                layer.append(Bottleneck(channels, filters, stride, block == 0))
                channels = 4 * filters
            setattr(self, f"layer{number}", nn.Sequential(*layer))
        self.fc = nn.Linear(2048, 1000)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


model = {"mnist-lenet": LeNet, "resnet50": ResNet50}[preset]()
model.load_state_dict(load_file(f"{folder}/model.torch.safetensors"), strict=True)
model.eval()
images = load_file(f"{folder}/images.safetensors")["images"].permute(0, 3, 1, 2).contiguous()
with torch.no_grad():
    logits = model(images)

state = load_file(f"{folder}/optimizer-state.safetensors")
for index, (name, parameter) in enumerate(model.named_parameters()):
    v, l1 = state[f"state.{index}.accumulator"], state[f"state.{index}.l1_accumulation"].float()
    assert torch.equal(v - v.clamp(-l1, l1), parameter.data), name
    assert state[f"state.{index}.iter_num"] == 7

answers = {"logits": logits}
if preset == "mnist-lenet":
    state = load_file(f"{folder}/compact.torch.safetensors")
    sizes = [len(state[f"{layer}.bias"]) for layer in ("conv1", "conv2", "fc1")]
    compact = LeNet(sizes[:2], sizes[2])
    compact.load_state_dict(state, strict=True)
    compact.eval()
    with torch.no_grad():
        answers["compact"] = compact(images)

save_file(answers, f"{folder}/torch.safetensors")
