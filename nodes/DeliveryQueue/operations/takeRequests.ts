import { randomUUID } from 'node:crypto';
import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import { acceptRequest, BadRequest } from '../../../core/delivery/request';
import type { Operation } from '../../shared/node/operations';
import { callerOf, newLease, rowItem } from '../items';
import { expected } from '../../../core/common/defects';

export const takeRequests: Operation = {
	option: {
		name: 'Take Requests',
		value: 'takeRequests',
		action: 'Take requests to send',
		description:
			'Items with platform, target and text become rows to save, leased for a first attempt at once',
	},
	outputs: ['Rows'],
	execute(ctx) {
		const rows = ctx.getInputData().map((item, index) => take(ctx, item, index));
		return [rows];
	},
};

/** A bad request stops the node before any row of the call is saved, or leaves as "On Error" says. */
function take(
	ctx: IExecuteFunctions,
	{ json }: INodeExecutionData,
	itemIndex: number,
): INodeExecutionData {
	try {
		const row = acceptRequest(json, {
			origin: callerOf(ctx),
			lease: newLease(),
			newKey: randomUUID(),
			now: Date.now(),
		});
		return rowItem(row, itemIndex);
	} catch (error) {
		const refusal = new NodeOperationError(ctx.getNode(), expected(error, BadRequest), {
			itemIndex,
		});
		if (!ctx.continueOnFail()) throw refusal;
		return { json: { error: { message: refusal.message } }, pairedItem: { item: itemIndex } };
	}
}
