import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import { asFields, asText } from '../../../../protocol/fields';
import { credentialOf } from '../../../shared/http/credentials';
import type { BotOperation } from '../../../shared/node/authentication';
import { perItem } from '../../../shared/node/operations';
import { message } from '../../../shared/node/resources';
import { callApp, credentials } from '../../api';
import { messageIdField, messageIdOf } from './messageId';

const OTHER = 'other';

const properties: INodeProperties[] = [
	messageIdField,
	{
		displayName: 'Emoji',
		name: 'emoji',
		type: 'options',
		options: [
			{ name: 'Applause (鼓掌)', value: 'APPLAUSE' },
			{ name: 'Done (完成)', value: 'DONE' },
			{ name: 'Finger Heart (比心)', value: 'FINGERHEART' },
			{ name: 'Get (了解)', value: 'Get' },
			{ name: 'Heart (爱心)', value: 'HEART' },
			{ name: 'OK', value: 'OK' },
			{ name: 'On It (在做了)', value: 'OnIt' },
			{ name: 'One Second (稍等)', value: 'OneSecond' },
			{ name: 'Other', value: OTHER, description: 'Any other one, by its name' },
			{ name: 'Smile (微笑)', value: 'SMILE' },
			{ name: 'Thanks (感谢)', value: 'THANKS' },
			{ name: 'Thumbs Up (赞)', value: 'THUMBSUP' },
			{ name: 'Typing (敲键盘)', value: 'Typing' },
		],
		default: 'THUMBSUP',
	},
	{
		displayName: 'Emoji Type',
		name: 'emojiType',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'MUSCLE',
		description:
			'The emoji_type as Feishu’s documentation lists it (表情文案说明), in the same letters',
		displayOptions: { show: { emoji: [OTHER] } },
	},
];

/** Sets an emoji under a message (表情回复), as a sign that it was seen or is being worked on. */
export const addReaction: BotOperation = {
	resource: message,
	option: {
		name: 'Add Reaction',
		value: 'addReaction',
		action: 'Add a reaction to a message',
		description: 'Set an emoji under a message',
	},
	bots: ['app'],
	properties,
	execute: perItem(async (ctx, itemIndex) => {
		const messageId = messageIdOf(ctx, itemIndex);
		const emojiType = emojiTypeOf(ctx, itemIndex);
		const credential = await credentialOf(ctx, credentials.app);
		const path = `/open-apis/im/v1/messages/${encodeURIComponent(messageId)}/reactions`;
		const body = { reaction_type: { emoji_type: emojiType } };
		const answer = await callApp(ctx, credential, { method: 'POST', path, body, itemIndex });
		const id = asText(asFields(answer.data).reaction_id);
		return { reaction: { id, emojiType, messageId } };
	}),
};

function emojiTypeOf(ctx: IExecuteFunctions, itemIndex: number): string {
	const emoji = ctx.getNodeParameter('emoji', itemIndex) as string;
	const type = emoji === OTHER ? (ctx.getNodeParameter('emojiType', itemIndex) as string) : emoji;
	if (type.trim()) return type.trim();
	throw new NodeOperationError(ctx.getNode(), 'Emoji Type is empty', { itemIndex });
}
