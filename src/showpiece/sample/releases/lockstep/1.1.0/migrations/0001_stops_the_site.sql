-- Every statement here is fine on a laptop and stops a busy site.
BEGIN;
CREATE INDEX orders_by_customer ON orders (customer_id);
ALTER TABLE orders
    ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    ALTER COLUMN note SET NOT NULL,
    ALTER COLUMN total TYPE bigint;
ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id);
COMMIT;
