'use strict';

/**
 * n8n finds the nodes through the `n8n` section of package.json. Programs that `require` the package
 * get its protocol code (signatures, encryption and frames) and its API keys, without n8n.
 */
module.exports = {
	...require('./dist/protocol'),
	apiKeys: require('./dist/core/accessTokens/apiKeys'),
};
