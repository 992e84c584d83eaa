import { expect, test } from "vitest";
import { createDeliveryTimes } from "../src/reporting/delivery-times.ts";

test("the histograms are cumulative, and of connections only the 500 busiest have one", () => {
  const times = createDeliveryTimes();
  times.add("quiet", 60);
  for (let index = 0; index < 500; index++) {
    times.add(`busy${index}`, 400);
    times.add(`busy${index}`, 21_600_001);
  }
  const lines = times.write().split("\n");
  const of = (name: string) =>
    lines.filter((line) => line.startsWith(`customerio_router_${name}`)).map((line) => line.slice(18));
  expect(of("delivery_seconds")).toEqual([
    ...['0.1"} 1', '0.25"} 1', '0.5"} 501', '1"} 501', '2.5"} 501', '5"} 501', '10"} 501', '30"} 501'].map(
      (end) => `delivery_seconds_bucket{le="${end}`,
    ),
    ...['60"} 501', '300"} 501', '1800"} 501', '3600"} 501', '21600"} 501', '+Inf"} 1001'].map(
      (end) => `delivery_seconds_bucket{le="${end}`,
    ),
    "delivery_seconds_sum 10800200.56",
    "delivery_seconds_count 1001",
  ]);
  expect(of("connection_delivery_seconds_count")).toHaveLength(500);
  expect(of('connection_delivery_seconds_bucket{connection="busy7",le="0.5"} 1')).toHaveLength(1);
  expect(of('connection_delivery_seconds_count{connection="quiet"}')).toEqual([]);
});
