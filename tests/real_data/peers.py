"""The same training in scikit-learn, or in PyTorch where a layer is more than dense. Each takes a
case of compare.py, rows to train on, rows to measure on and a seed, and gives the measure."""

import warnings

import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler
from torch import nn

SCALERS = {None: FunctionTransformer, 'standardize': StandardScaler, 'min_max': MinMaxScaler}


def scaled(case, train, test):
    scaler = SCALERS[case.scaling]().fit(train.features)
    return scaler.transform(train.features), scaler.transform(test.features)


def scikit_learn(case, train, test, seed):
    """alpha is over the batch there, and the squared error is halved."""
    regression = case.loss == 'mean_squared_error'
    model = (MLPRegressor if regression else MLPClassifier)(
        hidden_layer_sizes=case.hidden, activation=case.activation,
        solver={'adam': 'adam', 'momentum': 'sgd'}[case.optimizer], momentum=0.9,
        nesterovs_momentum=False, learning_rate_init=case.learning_rate,
        alpha=case.l2 * case.batch_size / (2 if regression else 1), batch_size=case.batch_size,
        max_iter=case.epochs, n_iter_no_change=case.epochs + 1, tol=0, random_state=seed)
    train_features, test_features = scaled(case, train, test)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', ConvergenceWarning)
        model.fit(train_features, train.targets)
    return model.score(test_features, test.targets)  # Accuracy, or R^2.


class Residual(nn.Module):
    """x + f(x), then relu."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return torch.relu(x + self.inner(x))


def conv(fan_in, channels, relu=True, padding='same'):
    layer = nn.Conv2d(fan_in, channels, 3, padding=padding)
    if relu:
        nn.init.kaiming_uniform_(layer.weight, nonlinearity='relu')
    else:
        nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return [layer, nn.ReLU()] if relu else [layer]


def dense(fan_in, units):
    layer = nn.Linear(fan_in, units)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def mnist_cnn():
    """client/examples/mnist_cnn.textproto."""
    return nn.Sequential(
        *conv(1, 8, padding='valid'), nn.MaxPool2d(2), *conv(8, 32, padding='valid'),
        nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5), dense(800, 10))


def residual():
    """client/examples/residual.textproto."""
    def block():
        return Residual(nn.Sequential(*conv(16, 16), *conv(16, 16, relu=False)))
    return nn.Sequential(*conv(1, 16), block(), nn.MaxPool2d(2), block(), nn.Flatten(),
                         dense(256, 10))


def pytorch(case, train, test, seed):
    torch.manual_seed(seed)
    model = {'mnist_cnn': mnist_cnn, 'residual': residual}[case.network]()
    side = int(train.features.shape[1]**0.5)
    x, test_x = (torch.from_numpy(part).float().reshape(-1, 1, side, side)
                 for part in scaled(case, train, test))
    y, test_y = torch.from_numpy(train.targets), torch.from_numpy(test.targets)
    optimizer = torch.optim.Adam(model.parameters(), lr=case.learning_rate)
    for _ in range(case.epochs):
        for rows in torch.randperm(len(x)).split(case.batch_size):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        return (model(test_x).argmax(1) == test_y).double().mean().item()
