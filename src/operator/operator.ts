import type { Asker } from './asker.ts';
import { type DriftOperator, type DriftOptions, driftOperator } from './drift.ts';
import { type ErasingOperator, type ErasingOptions, erasingOperator } from './erasing.ts';
import { type RefusedOperator, type RefusedOptions, refusedOperator } from './refused.ts';
import { type SourceOperator, type SourceOptions, sourceOperator } from './sources.ts';
import { type TokenOperator, type TokenOptions, tokenOperator } from './tokens.ts';

/** The parts of a gateway, or of a command beside one, that do what operators ask for. */
export type OperatorBacking = DriftOptions & ErasingOptions & RefusedOptions & SourceOptions & TokenOptions;

/** Everything that can be done for the whole gateway. Only an operator of every tenant gets this. */
export type Operator = DriftOperator & ErasingOperator & RefusedOperator & SourceOperator & TokenOperator;

export type OpenOperator = (asker: Asker) => Operator;

export function operatorsOf(backing: OperatorBacking): OpenOperator {
  return (asker) => ({
    ...driftOperator(backing, asker),
    ...erasingOperator(backing, asker),
    ...refusedOperator(backing, asker),
    ...sourceOperator(backing, asker),
    ...tokenOperator(backing, asker),
  });
}
