import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import { incomingMessage } from '../../../shared/node/incoming';

/** Which message an operation works on. */
export const messageIdField: INodeProperties = {
	displayName: 'Message ID',
	name: 'messageId',
	type: 'string',
	default: '',
	placeholder: 'The message from the trigger',
	description:
		'Empty: the message that the item comes from. Else its message_id, which begins with om_.',
};

/**
 * The message that `messageIdField` names.
 * @throws NodeOperationError where it is empty and the item comes from no message on Feishu
 */
export function messageIdOf(ctx: IExecuteFunctions, itemIndex: number): string {
	const given = (ctx.getNodeParameter('messageId', itemIndex) as string).trim();
	if (given) return given;
	const { replyTo } = incomingMessage(ctx, itemIndex);
	if (replyTo.platform === 'feishu') return replyTo.messageId;
	throw new NodeOperationError(ctx.getNode(), 'This message is not from Feishu', { itemIndex });
}
