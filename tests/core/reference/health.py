#!/usr/bin/python3
"""Takes one step of small networks in PyTorch (float64) and prints the health of each layer.

    /usr/bin/python3 tests/core/reference/health.py > tests/core/reference/health.csv

Gradients are PyTorch's; the rows and parameters are those of training_losses.py.
"""

import torch
import training_losses as problem

RATE, L2 = 0.125, 0.0625


def saturated(hidden, z):
    """The share of z where the slope is less than a hundredth of its largest."""
    if hidden == 'relu':
        return ''
    z = z.detach().requires_grad_()
    slope = torch.autograd.grad(ACTIVATIONS[hidden](z).sum(), z)[0]
    largest = {'logistic': 0.25, 'tanh': 1}[hidden]
    return repr((slope < largest / 100).double().mean().item())


ACTIVATIONS = {'logistic': torch.sigmoid, 'tanh': torch.tanh, 'relu': torch.relu}


def health(hidden, scale):
    """Each layer's figures for one step on all rows, parameters multiplied by `scale`."""
    parameters = [torch.tensor(p * scale).requires_grad_() for p in problem.initial_parameters()]
    a = torch.tensor(problem.features())
    targets = torch.tensor(problem.targets('cross_entropy')).argmax(dim=1)
    layers = []
    for layer in range(3):
        w, b = parameters[2 * layer:2 * layer + 2]
        z = a @ w.T + b
        a = ACTIVATIONS[hidden](z) if layer < 2 else z
        dead = repr((a == 0).all(dim=0).double().mean().item()) if hidden == 'relu' and layer < 2 else ''
        layers.append((a, dead, saturated(hidden, z) if layer < 2 else ''))
    torch.nn.functional.cross_entropy(a, targets).backward()
    for layer, (a, dead, flat) in enumerate(layers):
        w, b = parameters[2 * layer:2 * layer + 2]
        gradient = torch.cat([w.grad.flatten(), b.grad])
        values = torch.cat([w.flatten(), b]).detach()
        # The step follows L2 as well; the gradient that is told does not.
        step = RATE * torch.cat([(w.grad + L2 * w).flatten(), b.grad]).detach()
        yield [gradient.norm().item(), values.norm().item(), (step.norm() / values.norm()).item(), dead, flat,
               a.mean().item(), a.var(unbiased=False).item(), a.min().item(), a.max().item(),
               (a == 0).double().mean().item(), gradient.abs().max().item(), values.abs().max().item()]


def main():
    print('hidden,scale,layer,gradient_norm,parameter_norm,update_ratio,dead_share,saturated_share,'
          'activation_mean,activation_variance,activation_min,activation_max,zero_share,gradient_max,parameter_max')
    for hidden in ACTIVATIONS:
        for scale in (1, 8):
            for layer, figures in enumerate(health(hidden, scale)):
                cells = [figure if isinstance(figure, str) else repr(figure) for figure in figures]
                print(','.join([hidden, str(scale), str(layer), *cells]))


if __name__ == '__main__':
    main()
