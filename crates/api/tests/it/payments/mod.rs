mod payment_methods;
