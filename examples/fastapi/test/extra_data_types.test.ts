import { checkPort } from "./check-port.ts";
import { invalid } from "./problems.ts";

const item_id = "ff97dd87-a4a5-4a12-b412-cde99f33e00e";
const sent = {
	start_datetime: "2018-12-22T14:00:00+00:00",
	end_datetime: "2018-12-24T15:00:00Z",
	repeat_at: "15:30:00",
	process_after: 300,
};
const answer = {
	item_id,
	start_datetime: "2018-12-22T14:00:00+00:00",
	end_datetime: "2018-12-24T15:00:00+00:00",
	repeat_at: "15:30:00",
	process_after: 300,
	start_process: "2018-12-22T14:05:00+00:00",
	duration: 176_100,
};

checkPort("extra_data_types.tutorial001", [
	[`PUT /items/${item_id}`, { json: sent }, 200, answer],
	[
		`PUT /items/${item_id.toUpperCase().replaceAll("-", "")}`,
		{ json: { ...sent, process_after: "PT5M", repeat_at: null } },
		200,
		{ ...answer, repeat_at: null },
	],
	[
		`PUT /items/${item_id}`,
		{ json: { ...sent, repeat_at: "25:00" } },
		422,
		invalid({
			type: "time_parsing",
			loc: ["body", "repeat_at"],
			msg: "Input should be in a valid time format, hour value is outside expected range of 0-23",
			input: "25:00",
			ctx: { error: "hour value is outside expected range of 0-23" },
		}),
	],
]);
