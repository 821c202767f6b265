'use strict';
const { prepareTemplate } = require('../../scripts/system/template.js');

/** Runs once, before the first suite: what every suite's n8n is a copy of. */
module.exports = async () => {
	await prepareTemplate();
};
