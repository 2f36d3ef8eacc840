"""The studio's pages about money: sales, promo codes and bundles of a creator."""
