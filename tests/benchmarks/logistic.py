"""Fits a logistic regression some of whose weights may not fall below zero."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

MOST_STEPS: Final = 200
SETTLED: Final = 1e-9


def fitted_weights(features: Values, right: Values, rising: int, shrinkage: float) -> Values:
    """The weights of `features` (rows: words) and last the intercept, by which `right` (0 or 1) is likeliest.

    The first `rising` weights are at least zero. `shrinkage` is the L2 penalty on all but the intercept: half
    of it times the squared weight is taken off the log-likelihood, so that a feature that hardly ever occurs
    gets little weight. Newton's method on the weights that are free to move, with halved steps until the loss
    falls (projected Newton: Bertsekas 1982).
    """
    rows = np.hstack([features, np.ones((len(features), 1))])
    penalty = np.full(rows.shape[1], shrinkage)
    penalty[-1] = 1e-6
    weights = np.zeros(rows.shape[1])
    loss = _loss(rows, right, weights, penalty)
    for _step in range(MOST_STEPS):
        chance = probability(rows @ weights)
        gradient = rows.T @ (chance - right) + penalty * weights
        bound = np.zeros(len(weights), dtype=bool)
        bound[:rising] = (weights[:rising] <= 0) & (gradient[:rising] > 0)
        free = ~bound
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(penalty)
        direction = np.zeros_like(weights)
        direction[free] = np.linalg.solve(curve[np.ix_(free, free)], gradient[free])
        length = 1.0
        while True:
            moved = weights - length * direction
            moved[:rising] = np.maximum(moved[:rising], 0.0)
            after = _loss(rows, right, moved, penalty)
            if after <= loss or length < 1e-6:
                break
            length /= 2
        if loss - after < SETTLED * loss:
            return moved if after < loss else weights
        weights, loss = moved, after
    return weights


def probability(log_odds: Values) -> Values:
    """The probability with these log odds, without overflow."""
    chance: Values = 0.5 * (1.0 + np.tanh(log_odds / 2))
    return chance


def _loss(rows: Values, right: Values, weights: Values, penalty: Values) -> float:
    log_odds = rows @ weights
    likely = np.logaddexp(0.0, log_odds) - right * log_odds
    return float(likely.sum() + 0.5 * (penalty * weights**2).sum())
