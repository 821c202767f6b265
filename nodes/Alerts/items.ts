import type { IExecuteFunctions } from 'n8n-workflow';
import { asList } from '../../protocol/fields';

export { asItems } from '../shared/node/items';

/** The rows of the alerts' tables, as the one item that comes in holds them. */
export interface AlertTables {
	rules: unknown[];
	/** The one row of `clawbot_alerts`. */
	saved: unknown;
	orders: unknown[];
}

export function tablesIn(ctx: IExecuteFunctions): AlertTables {
	const { rules, saved, orders } = ctx.getInputData()[0]?.json ?? {};
	return { rules: rowsOf(rules), saved, orders: rowsOf(orders) };
}

/** A table without rows is read as one item without fields. */
const rowsOf = (value: unknown): unknown[] =>
	asList(value).filter((row) => Object.keys(Object(row)).length > 0);
