-- The same wishes, one step at a time. Lockstep finds nothing here.
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY orders_by_customer ON orders (customer_id);
ALTER TABLE orders ADD COLUMN public_id uuid;
ALTER TABLE orders ALTER COLUMN public_id SET DEFAULT gen_random_uuid();
ALTER TABLE orders ADD CONSTRAINT orders_note CHECK (note IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_note;
-- lockstep: allow set-not-null the constraint above has proved it: nothing is read
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer;

-- A table that is made here is empty yet: nobody waits.
CREATE TABLE refunds (id bigint GENERATED ALWAYS AS IDENTITY, order_id bigint NOT NULL);
CREATE INDEX refunds_by_order ON refunds (order_id);
