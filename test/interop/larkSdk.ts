import type { EventEmitter } from 'node:events';

import type { AxiosInstance } from 'axios';

/*
 * The parts of Feishu's SDK that judge this package, with the types that the tests need: its own declarations
 * are 300,000 lines, and some of these parts are private to it.
 */

export interface LarkConnection {
	start(options: { eventDispatcher: LarkDispatcher }): Promise<void>;
	close(options?: { force?: boolean }): void;
	communicate(): void;
	wsConfig: {
		setWSInstance(socket: EventEmitter): void;
		/** In ms. */
		getWS(): { pingInterval: number; reconnectInterval: number; reconnectCount: number };
	};
	eventDispatcher?: LarkDispatcher;
	dataCache: { destroy(): void };
}

export interface LarkDispatcher {
	register(handles: Record<string, (data: Record<string, unknown>) => unknown>): LarkDispatcher;
	invoke(data: object, options?: { needCheck?: boolean }): Promise<unknown>;
}

export interface LarkMessage {
	messageId: string;
	chatId: string;
	senderId: string;
	content: string;
	resources: Array<{ fileKey: string }>;
	mentions: Array<{ openId?: string; name?: string; isBot: boolean }>;
	mentionAll: boolean;
	mentionedBot: boolean;
	threadId?: string;
	replyToMessageId?: string;
}

interface LarkSdk {
	AESCipher: new (key: string) => { decrypt(encrypt: string): string };
	EventDispatcher: new (options: object) => LarkDispatcher;
	CardActionHandler: new (
		options: object,
		handler: (data: Record<string, unknown>) => unknown,
	) => { invoke(data: object): Promise<unknown> };
	WSClient: new (options: object) => LarkConnection;
	Client: new (options: object) => LarkClient;
	normalize(event: object, options: object): Promise<LarkMessage>;
	registerApp(options: LarkRegistration): Promise<LarkRegistered>;
	defaultHttpInstance: AxiosInstance;
}

export interface LarkRegistration {
	domain?: string;
	larkDomain?: string;
	source?: string;
	signal?: AbortSignal;
	appPreset?: object;
	addons?: object;
	appId?: string;
	createOnly?: boolean;
	onQRCodeReady(code: { url: string; expireIn: number }): void;
	onStatusChange?(change: { status: string; interval?: number }): void;
}

export interface LarkRegistered {
	client_id: string;
	client_secret: string;
	user_info?: { open_id?: string; tenant_brand?: string };
}

type Call = (payload?: object) => Promise<{ code?: number; data?: Record<string, unknown> }>;

export interface LarkClient {
	im: {
		message: Record<'create' | 'reply' | 'update' | 'patch' | 'delete', Call>;
		messageReaction: Record<'create' | 'delete', Call>;
		chat: Record<'list', Call>;
	};
	contact: { user: Record<'get' | 'batchGetId', Call> };
}

/** It takes 64-bit integers away from all users of protobufjs around it: it gets one for itself. */
export const lark = ((): LarkSdk => {
	let sdk!: LarkSdk;
	jest.isolateModules(() => {
		sdk = jest.requireActual<LarkSdk>('@larksuiteoapi/node-sdk');
	});
	return sdk;
})();

const quiet = () => undefined;
/** The SDK writes to the console whatever it does. */
export const silent = {
	logger: { error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet },
};
