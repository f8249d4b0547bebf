/** The ways to take a step by the gradient. */
export const optimisers = ['adam', 'rmsprop', 'adadelta', 'sgd'] as const;

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
