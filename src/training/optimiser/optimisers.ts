/** The ways to take a step by the gradient. */
export const optimisers = ['adam', 'rmsprop', 'adadelta', 'sgd', 'muon'] as const;

/** The name of an optimiser. */
export type OptimiserName = (typeof optimisers)[number];

/** Adam's fixed settings, as its paper has them. */
export const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** Share of the squared gradient's mean that RMSProp keeps from one step to the next. */
export const rmsprop = { keep: 0.9, epsilon: 1e-7 } as const;

/** AdaDelta's settings, as its paper has them. */
export const adadelta = { keep: 0.95, epsilon: 1e-6 } as const;

/** Share of its speed that gradient descent keeps from one step to the next. */
export const momentum = 0.9;

/**
 * Muon's settings (https://kellerjordan.github.io/posts/muon/): the share of the gradient's mean
 * that is kept, the factors and number of its iterations, and the root mean square of its steps at
 * a rate of 1, near Adam's (https://arxiv.org/abs/2502.16982), so that rates mean about the same.
 */
export const muon = {
  keep: 0.95,
  factors: [3.4445, -4.775, 2.0315],
  iterations: 5,
  size: 0.2,
} as const;
