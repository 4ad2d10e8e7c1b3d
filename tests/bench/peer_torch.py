"""Trains an epoch in PyTorch for each line on stdin and prints its seconds: what `fnn-bench
time-epochs` does. A plain eager training loop, as one writes it for data that fits in memory."""

import sys
import time

import torch

from peer_arguments import parse_arguments


def main():
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    x = torch.rand(args.rows, args.widths[0])
    y = torch.randint(args.widths[-1], (args.rows,))
    layers = []
    for fan_in, units in zip(args.widths, args.widths[1:]):
        layers += [torch.nn.Linear(fan_in, units), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    criterion = torch.nn.CrossEntropyLoss()
    if args.optimizer == 'adam':
        optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def epoch():
        total = torch.zeros(())
        order = torch.randperm(args.rows)
        for begin in range(0, args.rows, args.batch):
            rows = order[begin:begin + args.batch]
            optimizer.zero_grad()
            loss = criterion(model(x.index_select(0, rows)), y.index_select(0, rows))
            loss.backward()
            optimizer.step()
            total += loss.detach()
        return total.item()

    epoch()
    print('ready', flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        epoch()
        print(time.perf_counter() - start, flush=True)


if __name__ == '__main__':
    main()
