import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';
import { replyContent, showForReply } from '../../shared/fields';
import { incomingMessage } from '../../shared/incoming';
import { readOutgoing } from '../../shared/outgoing';
import { replyOnDingTalk } from '../reply';

export const replyProperties: INodeProperties[] = replyContent(showForReply);

export async function reply(ctx: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const { replyTo } = incomingMessage(ctx, itemIndex);
	if (replyTo.platform !== 'dingtalk') {
		throw new NodeOperationError(ctx.getNode(), 'This message is not from DingTalk', {
			itemIndex,
			description: 'Use the Bot Reply node to answer on every platform.',
		});
	}
	const delivery = await replyOnDingTalk(ctx, replyTo, readOutgoing(ctx, itemIndex), itemIndex);
	return { delivery: delivery as unknown as IDataObject };
}
