"""Trains an epoch in JAX for each line on stdin and prints its seconds: what `fnn-bench
time-epochs` does. A whole epoch is one compiled function."""

import os
import sys
import time

from peer_arguments import parse_arguments

ARGS = parse_arguments()
# XLA takes a thread for each processor it may use.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:ARGS.threads])
os.environ['JAX_PLATFORMS'] = 'cpu'

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402


def loss_of(params, x, y):
    for weights, bias in params[:-1]:
        x = jax.nn.relu(x @ weights + bias)
    weights, bias = params[-1]
    logits = jax.nn.log_softmax(x @ weights + bias)
    return -jnp.mean(jnp.take_along_axis(logits, y[:, None], axis=1))


def sgd(params, gradient, slots):
    return jax.tree_util.tree_map(lambda p, g: p - 0.01 * g, params, gradient), slots


def adam(params, gradient, slots):
    tree_map = jax.tree_util.tree_map
    step, m, v = slots
    step += 1
    m = tree_map(lambda a, g: 0.9 * a + 0.1 * g, m, gradient)
    v = tree_map(lambda a, g: 0.999 * a + 0.001 * g * g, v, gradient)
    m_scale, v_scale = 1 / (1 - 0.9**step), 1 / (1 - 0.999**step)
    params = tree_map(
        lambda p, a, b: p - 0.001 * (a * m_scale) / (jnp.sqrt(b * v_scale) + 1e-8), params, m, v)
    return params, (step, m, v)


def main():
    batches = ARGS.rows // ARGS.batch
    update = adam if ARGS.optimizer == 'adam' else sgd
    key = jax.random.PRNGKey(1)
    x = jax.random.uniform(key, (ARGS.rows, ARGS.widths[0]))
    y = jax.random.randint(key, (ARGS.rows,), 0, ARGS.widths[-1])
    params = [(jax.random.normal(key, (fan_in, units)) * (2 / fan_in)**0.5, jnp.zeros(units))
              for fan_in, units in zip(ARGS.widths, ARGS.widths[1:])]

    def epoch(params, slots, key, x, y):
        key, shuffle = jax.random.split(key)
        order = jax.random.permutation(shuffle, ARGS.rows).reshape(batches, ARGS.batch)

        def step(carry, rows):
            params, slots = carry
            loss, gradient = jax.value_and_grad(loss_of)(params, x[rows], y[rows])
            return update(params, gradient, slots), loss

        (params, slots), losses = jax.lax.scan(step, (params, slots), order)
        return params, slots, key, losses.mean()

    epoch = jax.jit(epoch, donate_argnums=(0, 1))
    zeros = jax.tree_util.tree_map(jnp.zeros_like, params)
    slots = (jnp.float32(0), zeros, jax.tree_util.tree_map(jnp.copy, zeros))
    for _ in range(2):  # Compiles.
        params, slots, key, loss = epoch(params, slots, key, x, y)
    float(loss)
    print('ready', flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        params, slots, key, loss = epoch(params, slots, key, x, y)
        jax.block_until_ready((params, slots, loss))
        print(time.perf_counter() - start, flush=True)


if __name__ == '__main__':
    main()
